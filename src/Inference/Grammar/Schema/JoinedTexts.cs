using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Merging;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>Texts of alternatives: those of the same lengths are one automaton, so that tokens are followed once for all of them.</summary>
internal sealed class JoinedTexts
{
    // More states than that are hardly fewer together, and to find out takes long.
    private const long MostPairs = 1_000_000;
    private const int MostStates = 300_000;

    private readonly List<(MergedText Text, string Pointer)> _all = [];
    private int _states;

    /// <summary>The texts, and where the first of each stands.</summary>
    public IReadOnlyList<(MergedText Text, string Pointer)> All => _all;

    public void Add(MergedText text, string pointer)
    {
        var alike = _states > MostStates
            ? -1
            : _all.FindIndex(known => (known.Text.MinLength, known.Text.MaxLength) == (text.MinLength, text.MaxLength)
                && (long)known.Text.Fitting!.StateCount * text.Fitting!.StateCount <= MostPairs);
        if (alike < 0)
        {
            _all.Add((text, pointer));
            return;
        }

        var (joined, at) = _all[alike];
        try
        {
            var both = joined.Fitting!.Or(text.Fitting!, at);
            _states += both.StateCount;
            _all[alike] = (joined with { Fitting = both.Minimal() }, at);
        }
        catch (UnsupportedSchemaException)
        {
            _states = int.MaxValue;
            _all.Add((text, pointer));
        }
    }
}
