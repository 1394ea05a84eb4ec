using System.Text.Json;
using Qwen35Batch.Worker.Files;
using Spectre.Console;

namespace Qwen35Batch.Worker.Reports;

/// <summary>Where a command writes: what it was asked for on the output, progress and complaints on the error stream.</summary>
/// <param name="Out">The output.</param>
/// <param name="Error">The error stream.</param>
/// <param name="IsJson">Whether the output is JSON for a program.</param>
/// <param name="IsQuiet">Whether only the least is written.</param>
internal sealed record CommandOutput(TextWriter Out, TextWriter Error, bool IsJson = false, bool IsQuiet = false)
{
    /// <summary>Tables and colours on the output.</summary>
    public IAnsiConsole Console { get; } = On(Out);

    /// <summary>Tables and colours on the error stream.</summary>
    public IAnsiConsole ErrorConsole { get; } = On(Error);

    /// <summary>The same with all words for people on the error stream, because the output has something else.</summary>
    public CommandOutput OnErrorStream => new(Error, Error, IsJson, IsQuiet);

    /// <summary>Writes a value as one line of JSON, in the spelling of exported insights.</summary>
    public void WriteJson<T>(T value) => Out.WriteLine(JsonSerializer.Serialize(value, InsightFile.Json));

    private static IAnsiConsole On(TextWriter writer) => AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(writer) });
}
