using System.Security.Cryptography;
using System.Text;
using Qwen35Batch.Contracts;

namespace Qwen35Batch.Worker.Intake;

/// <summary>What the job of a question is listed by, where others have their source.</summary>
internal static class QuestionTitle
{
    private const int Longest = 200;
    private const int KeptDigits = 8;

    /// <summary>The job as it is stored: a question's source is its beginning, and no other's.</summary>
    public static SubmitJob Apply(SubmitJob job) => job.Question is { } question ? job with { Source = Of(question) } : job;

    private static string Of(string question)
    {
        var line = string.Join(' ', question.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= Longest) return line;
        var cut = char.IsHighSurrogate(line[Longest - 1]) ? Longest - 1 : Longest;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(question)))[..KeptDigits];
        return $"{line[..cut]}… #{hash}";
    }
}
