using System.CommandLine;
using System.Text.RegularExpressions;

namespace Qwen35Batch.Worker.Commands.Arguments;

/// <summary>A value that is not of its option's or argument's type, in words: the parser would name a type of .NET.</summary>
internal static partial class WrongValue
{
    /// <returns>One sentence, or null when all values are of their types.</returns>
    public static string? Find(ParseResult parsed) => parsed.Errors
        .Select(error => Complaint().Match(error.Message))
        .Where(complaint => complaint.Success)
        .Select(complaint => Sentence(complaint.Groups["value"].Value, complaint.Groups["of"].Value, complaint.Groups["type"].Value))
        .FirstOrDefault();

    private static string Sentence(string value, string of, string type) =>
        $"'{of}' takes {(type.Contains("Int", StringComparison.Ordinal) ? "a whole number" : "a number")}; '{value}' is none.";

    [GeneratedRegex(
        "^Cannot parse argument '(?<value>.*)' for (command|option) '(?<of>.*)' as expected type '(?<type>.*(Int32|Int64|Double).*)'")]
    private static partial Regex Complaint();
}
