namespace Qwen35Batch.Pipeline.Tools;

/// <summary>Tells by exit code and messages whether a tool's end says anything about the media.</summary>
internal static class ToolVerdict
{
    private const int NotExecutable = 126;
    private const int NotFound = 127;
    private const int FirstSignal = 129;
    private const int LastSignal = 159;

    private const int Illegal = 4;
    private const int Trap = 5;
    private const int Abort = 6;
    private const int BusError = 7;
    private const int FloatingPoint = 8;
    private const int Segmentation = 11;
    private const int OutOfCpuTime = 24;
    private const int OutOfFileSize = 25;
    private const int BadSystemCall = 31;

    // ffmpeg takes the signals that ask it to stop, and ends with these.
    private static readonly int[] StoppedFfmpeg = [255, 123];
    private const string NotPermitted = "Operation not permitted";
    private static readonly string[] MemoryMessages = ["Cannot allocate memory", "out of memory", "Out of memory", "bad_alloc"];
    private static readonly string[] DiskMessages = ["No space left on device", "Disk quota exceeded"];
    private static readonly string[] LibraryMessages = ["error while loading shared "
        + "libraries", "symbol lookup error", "Library not loaded"];

    /// <summary>What a tool's end means.</summary>
    /// <param name="tool">Its name.</param>
    /// <param name="exitCode">Its exit code; 128 and the signal's number after a signal.</param>
    /// <param name="messages">Its standard error.</param>
    public static ToolEnding Judge(string tool, int exitCode, string messages)
    {
        if (exitCode == 0)
            return ToolEnding.Ended;
        if (exitCode is NotExecutable or NotFound || Says(messages, LibraryMessages))
            return ToolEnding.NotRun;
        if (Says(messages, DiskMessages))
            return ToolEnding.DiskFull;
        var isStopped = tool == "ffmpeg" && StoppedFfmpeg.Contains(exitCode) && !messages.Contains(NotPermitted, StringComparison.Ordinal);
        var ending = isStopped ? ToolEnding.Killed : OfSignal(exitCode);
        return ending is ToolEnding.Ended or ToolEnding.Crashed && Says(messages, MemoryMessages) ? ToolEnding.OutOfMemory : ending;
    }

    /// <summary>The signal that ended a process, or null.</summary>
    public static int? Signal(int exitCode) => exitCode is >= FirstSignal and <= LastSignal ? exitCode - FirstSignal + 1 : null;

    private static ToolEnding OfSignal(int exitCode) => Signal(exitCode) switch
    {
        null or OutOfFileSize => ToolEnding.Ended,
        OutOfCpuTime => ToolEnding.TimedOut,
        Illegal or Trap or Abort or BusError or FloatingPoint or Segmentation or BadSystemCall => ToolEnding.Crashed,
        _ => ToolEnding.Killed,
    };

    private static bool Says(string messages, string[] words) => words.Any(word => messages.Contains(word, StringComparison.Ordinal));
}
