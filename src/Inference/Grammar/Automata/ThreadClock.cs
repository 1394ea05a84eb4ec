using System.Runtime.InteropServices;

namespace Qwen35Batch.Inference.Grammar.Automata;

internal static class ThreadClock
{
    public static long Now { get { clock_gettime(3, out var t); return t.S * 1_000_000_000 + t.N; } }
    [DllImport("libc")] private static extern int clock_gettime(int c, out T t);
    private struct T { public long S; public long N; }
}
