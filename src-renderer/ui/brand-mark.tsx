/** The f-hole of a violin: Luthier's sign. */

export function BrandMark() {
  return (
    <svg
      width="22"
      height="26"
      viewBox="0 0 22 26"
      fill="none"
      stroke="currentColor"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path
        d="M14.6 5.4C13.6 3.1 10.6 3.3 10.3 6.6c-.2 2.4 1.4 4.1 1.4 6.4s-1.6 4-1.4 6.4c.1 1 .1 1-.1 1.3-.9 2.2-3.9 1.9-4.6-.3"
        strokeWidth="1.8"
      />
      <circle cx="14.5" cy="6.4" r="1.6" fill="currentColor" stroke="none" />
      <circle cx="5.9" cy="19.6" r="1.6" fill="currentColor" stroke="none" />
      <path d="M9.3 13.6l4.6-1.2" strokeWidth="1.3" />
    </svg>
  );
}
