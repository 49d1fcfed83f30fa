/** The only page that a browser without a session gets: what happened and how to get a working address. */

export const SIGN_IN_STYLE_PATH = '/sign-in.css';

/** Why the page is shown: no session, or a token that opens nothing. */
export type SignInReason = 'noSession' | 'tokenRefused';

const HEADLINES: Readonly<Record<SignInReason, { title: string; cause: string }>> = {
  noSession: {
    title: 'This browser is not signed in.',
    cause: 'The studio opens with the address that <code>luthier serve</code> prints.',
  },
  tokenRefused: {
    title: 'This address has been used or is not from this studio.',
    cause: 'Each address signs in one browser, once, while its studio runs.',
  },
};

/**
 * Static HTML without script or inline style. The link to `/` is for a browser that is signed in but
 * came from another site's link: a strict cookie is withheld on such a visit, and sent on the next click.
 */
export function renderSignInPage(reason: SignInReason, version: string): string {
  const { title, cause } = HEADLINES[reason];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in – Luthier</title>
<link rel="stylesheet" href="${SIGN_IN_STYLE_PATH}">
</head>
<body>
<main>
<h1>${title}</h1>
<p>${cause}</p>
<p>For a new one, stop <code>luthier serve</code> in its terminal, start it again, and open the address that it prints.</p>
<p><a href="/">Open the studio</a> if this browser is signed in already.</p>
<footer>Luthier ${escapeHtml(version)}</footer>
</main>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}

export const SIGN_IN_STYLE = `:root { color-scheme: light dark; }
body {
  margin: 0;
  min-height: 100vh;
  display: grid;
  place-items: center;
  font: 14px/1.6 system-ui, sans-serif;
  background: Canvas;
  color: CanvasText;
}
main { max-width: 30rem; padding: 2rem; }
h1 { margin: 0 0 1rem; font-size: 1.25rem; line-height: 1.3; font-weight: 600; }
p { margin: 0 0 0.75rem; }
code { font-family: ui-monospace, monospace; }
a { color: LinkText; }
a:focus-visible { outline: 2px solid Highlight; outline-offset: 2px; }
footer { margin-top: 2rem; color: color-mix(in srgb, CanvasText 70%, Canvas); }
`;
