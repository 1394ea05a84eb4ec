namespace Qwen35Batch.Worker.Run;

/// <summary>Files that a command could not take, which the user is told of at once and by the exit code.</summary>
internal sealed class LeftOutFiles
{
    private int _count;

    public void Add(string file, string problem)
    {
        _count++;
        Console.Error.WriteLine($"{file} is left out: {problem}");
    }

    /// <summary>The exit code of a command that would end with <paramref name="code"/> if it had taken all files.</summary>
    public int EndWith(int code) => code == 0 && _count > 0 ? ExitCode.Incomplete : code;
}
