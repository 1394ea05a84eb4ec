using System.Text.Json;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Schemas.Merging;

/// <summary>What schemas together ask of a text.</summary>
/// <param name="Fitting">The texts that fit, lengths left aside; null when there is none.</param>
/// <param name="MinLength">In code points.</param>
/// <param name="MaxLength">Null for any number.</param>
internal sealed record MergedText(PatternAutomaton? Fitting, int MinLength, int? MaxLength)
{
    /// <param name="value">The schemas.</param>
    /// <param name="isWritten">Whether it is what an answer is written by; else all that fits.</param>
    public static MergedText Of(MergedValue value, bool isWritten = false)
    {
        PatternAutomaton? fitting = PatternAutomaton.Anything;
        var min = value.Members.Max(member => member.MinLength) ?? 0;
        var max = value.Members.Min(member => member.MaxLength);
        foreach (var texts in value.Members.SelectMany(member => member.Texts).Select(rule => isWritten ? rule.Written : rule.Fitting))
        {
            fitting = fitting?.And(texts.Counted?.Text ?? texts, value.Pointer);
            if (texts.Counted is { } counted)
                (min, max) = (Math.Max(min, counted.Min), max < counted.Max ? max : counted.Max ?? max);
        }

        var excluded = value.Excluded.Where(text => text.ValueKind == JsonValueKind.String).Select(text => text.GetString()!).ToArray();
        if (excluded.Length > 0 && PatternAutomaton.Words(excluded, value.Pointer) is { } words)
            fitting = fitting?.Except(words, value.Pointer);
        return new MergedText(fitting, min, max);
    }

    /// <summary>The texts as one automaton, or null when there is none.</summary>
    public PatternAutomaton? Bounded(string at) => MinLength > MaxLength ? null : Fitting?.WithLength(MinLength, MaxLength, at);
}
