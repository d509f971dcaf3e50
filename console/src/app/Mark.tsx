/** The mark: a holdfast, the root by which kelp holds the rock. One colour, that of the text around it. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" stroke="currentColor" strokeWidth="2.4" strokeLinecap="round" aria-hidden>
      <path d="M16 2v9" />
      <path d="M16 10C16 15 7 13 4.5 21" />
      <path d="M9.5 15.5C9 19 8 21 8.5 25.5" />
      <path d="M16 10C16 17 13 18 13 28" />
      <path d="M16 10C16 17 19 18 19 28" />
      <path d="M22.5 15.5C23 19 24 21 23.5 25.5" />
      <path d="M16 10C16 15 25 13 27.5 21" />
    </svg>
  );
}
