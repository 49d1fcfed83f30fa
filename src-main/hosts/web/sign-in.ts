/** Who may use the web host: one-time tokens, exchanged for session cookies. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export interface SignIn {
  /** A new token, 256 random bits; good for one exchange, for as long as the host runs. */
  issueToken(): string;
  /** Spends a token and returns the `Set-Cookie` value of a new session; null: unknown or already spent. */
  redeem(token: string): string | null;
  /** Whether a request's `Cookie` header carries one of this host's sessions. */
  isSignedIn(cookieHeader: string | undefined): boolean;
}

/**
 * Holds tokens and sessions in memory: they end with the host. Browsers share cookies between the
 * ports of one address, so the cookie's name carries the port, and two hosts do not sign each
 * other's pages out.
 */
export function createSignIn(port: number): SignIn {
  const cookieName = `luthier-session-${port}`;
  const tokens = new SecretSet();
  const sessions = new SecretSet();
  return {
    issueToken: () => tokens.add(),
    redeem(token) {
      if (!tokens.spend(token)) return null;
      return `${cookieName}=${sessions.add()}; Path=/; HttpOnly; SameSite=Strict`;
    },
    isSignedIn: cookieHeader =>
      cookieValues(cookieHeader ?? '', cookieName).some(value => sessions.has(value)),
  };
}

/** Random secrets, kept as digests and compared in constant time. */
class SecretSet {
  readonly #digests = new Set<Buffer>();

  add(): string {
    const secret = randomBytes(32).toString('base64url');
    this.#digests.add(digestOf(secret));
    return secret;
  }

  has(candidate: string): boolean {
    return this.#find(candidate) !== undefined;
  }

  spend(candidate: string): boolean {
    const digest = this.#find(candidate);
    return digest !== undefined && this.#digests.delete(digest);
  }

  #find(candidate: string): Buffer | undefined {
    const digest = digestOf(candidate);
    return [...this.#digests].find(known => timingSafeEqual(known, digest));
  }
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** All values of that name: a cookie that another port's page set must not hide the right one. */
function cookieValues(header: string, name: string): string[] {
  return header
    .split(';')
    .map(pair => pair.trim())
    .filter(pair => pair.startsWith(`${name}=`))
    .map(pair => pair.slice(name.length + 1));
}
