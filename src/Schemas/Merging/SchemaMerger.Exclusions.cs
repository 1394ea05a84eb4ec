using System.Text.Json;
using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Reading;
using Qwen35Batch.Schemas.Validation;

namespace Qwen35Batch.Schemas.Merging;

/// <content>Of a oneOf exactly one alternative may fit: the others are ruled out.</content>
internal sealed partial class SchemaMerger
{
    private static bool FitsOnly(Schema owner, Schema taken, JsonElement candidate) =>
        owner.OneOf.All(other => ReferenceEquals(other, taken) || !SchemaValidator.Fits(other, candidate));

    // Of a oneOf exactly one alternative may fit. Where what is written by one may fit another, the other is ruled out.
    private Branch? ExcludeOthers(Branch branch, MergedValue value, IReadOnlyList<(Schema Owner, Schema Taken)> taken)
    {
        var empty = new EmptySchemas(this);
        var excluded = new List<Schema>();
        foreach (var (owner, option) in taken)
        {
            foreach (var (i, other) in owner.OneOf.Index())
            {
                if (ReferenceEquals(other, option) || !MayFit(branch, value, other, empty))
                    continue;
                try
                {
                    if (_negation.Of(other) is var negated && (!IsAsking || !_negation.IsNarrow(negated)))
                        excluded.Add(negated);
                    _isInexact |= _negation.IsNarrow(negated);
                }
                catch (UnsupportedSchemaException) when (IsAsking)
                {
                    _isInexact = true;
                }
                catch (UnsupportedSchemaException)
                {
                    var index = owner.OneOf.Index().First(entry => ReferenceEquals(entry.Item, option)).Index;
                    throw new UnsupportedSchemaException(
                        $"{owner.Pointer}/oneOf/{Math.Max(i, index)}",
                        $"a value may fit this alternative and alternative {Math.Min(i, index)} as well; give them different types, or a "
                            + $"required property with another const in each, or use anyOf.");
                }
            }
        }

        var most = Math.Clamp(MaxAlternatives / 2 / taken.Max(choice => choice.Owner.OneOf.Count), 1, MostWays);
        if (IsAsking && Combine(excluded) > most)
        {
            _isInexact = true;
            return null;
        }

        if (excluded.Count == 0)
            return null;
        var narrower = new Branch(branch);
        var isMany = Combine(excluded) > most;
        _isInexact |= isMany;
        foreach (var other in excluded)
            Add(narrower, isMany ? Fewer(branch, value, other, (int)Math.Pow(most, 1.0 / excluded.Count), empty) : other);
        return narrower;
    }

    private double Combine(List<Schema> excluded) =>
        excluded.Aggregate(1.0, (product, other) => product * _negation.WaysOf(other).Count());

    // What is surely outside of another alternative in one of a few ways: the others are too many together.
    private Schema Fewer(Branch branch, MergedValue value, Schema other, int most, EmptySchemas empty)
    {
        var kept = _negation.WaysOf(other).Where(way => MayFit(branch, value, way, empty)).Take(Math.Max(1, most)).ToArray();
        if (kept.Length == 0)
            return other;
        var fewer = Derive(other.Pointer);
        fewer.AnyOf = kept;
        return fewer;
    }

    private bool MayFit(Branch branch, MergedValue value, Schema other, EmptySchemas empty)
    {
        // A schema that closes the value is left out of the question: it fits only one of the two alternatives itself. Nor does the
        // other one close it by the properties that it names: whoever judges the answer takes more of them.
        var both = new Branch(branch) { IsQuestion = true };
        return Ask(() =>
        {
            Add(both, _negation.Derived(other));
            var combined = new List<MergedValue>();
            try
            {
                Explore(both, combined, []);
            }
            catch (TooManyWaysException)
            {
                return true;
            }

            return combined.Exists(alternative => !empty.IsEmpty(alternative, value, 0));
        });
    }
}
