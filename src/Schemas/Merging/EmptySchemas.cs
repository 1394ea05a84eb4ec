using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Merging;

/// <summary>Tells where certainly no value fits. Where it says no, one may fit, or none: then it cannot tell.</summary>
internal sealed class EmptySchemas(SchemaMerger merger)
{
    private const int MaxDepth = 8;

    // Longer texts are taken for endless: that proves less, and costs no states.
    private const int MaxLength = 1000;

    private (MergedValue Value, MergedObject Object)? _written;

    /// <param name="value">Schemas taken together.</param>
    /// <param name="written">What was written by, when that is known: an object then has no properties that this does not allow.</param>
    /// <param name="depth">How far within the value where the question arose.</param>
    public bool IsEmpty(MergedValue value, MergedValue? written, int depth)
    {
        merger.Spend(value.Members.Count, value.Pointer);
        if (value.Fixed is { Count: > 0 })
            return false;
        if (depth > MaxDepth || (value.Types & (ValueTypes.Null | ValueTypes.Boolean)) != 0)
            return false;
        return (!value.Types.HasFlag(ValueTypes.String) || HasNoText(value))
            && ((value.Types & ValueTypes.Number) == 0 || HasNoNumber(value))
            && (!value.Types.HasFlag(ValueTypes.Array) || HasNoArray(value, depth))
            && (!value.Types.HasFlag(ValueTypes.Object) || HasNoObject(value, written, depth));
    }

    private static bool HasNoText(MergedValue value)
    {
        var text = MergedText.Of(value);
        if (text.Fitting is null || text.MinLength > text.MaxLength)
            return true;
        var bounded = text with
        {
            MinLength = Math.Min(text.MinLength, MaxLength),
            MaxLength = text.MaxLength > MaxLength ? null : text.MaxLength
        };
        return !text.Fitting.IsAnything && bounded.Bounded(value.Pointer) is null;
    }

    private static bool HasNoNumber(MergedValue value)
    {
        var number = MergedNumber.Of(value);
        if (number.IsEmpty)
            return true;
        if (!value.Types.HasFlag(ValueTypes.Fraction) && number.Others.Any(new ExactDecimal(1, 0).IsMultipleOf))
            return true;
        if (value.Types.HasFlag(ValueTypes.Fraction) || number.Low is not { } low || number.High is not { } high)
            return false;
        var first = low.Ceiling(0) + (number.IsLowExclusive && low.IsInteger ? 1 : 0);
        var last = high.Floor(0) - (number.IsHighExclusive && high.IsInteger ? 1 : 0);
        return first > last;
    }

    private bool HasNoArray(MergedValue value, int depth)
    {
        var array = MergedArray.Of(value, merger);
        return array.IsEmpty
            || array.Prefix.Take(array.Min).Any(item => IsEmpty(item, depth + 1))
            || (array.Min > array.Prefix.Count && IsEmpty(array.Rest, depth + 1))
            || array.Counted.Any(some => some.Min > 0 && HasNoPlace(array, some, depth));
    }

    private bool HasNoPlace(MergedArray array, SomeItems some, int depth)
    {
        var places = Math.Min(array.Max ?? int.MaxValue, Math.Max(array.Prefix.Count, some.From) + 1);
        return Enumerable.Range(some.From, Math.Max(0, places - some.From))
            .All(i => IsEmpty(new Conjunction([.. array.ItemAt(i).Schemas, some.Item]), depth + 1));
    }

    private bool HasNoObject(MergedValue value, MergedValue? written, int depth)
    {
        var merged = MergedObject.Of(value, merger);
        if (merged.Min > merged.Max || merged.Properties.Count(property => property.IsRequired) > merged.Max)
            return true;
        var own = written is not null && written.Types.HasFlag(ValueTypes.Object) ? Written(written) : null;
        // Several properties that have to be there can be several ways, of which one is known.
        if (value.Members.Select(member => member.OtherProperty).OfType<SomeProperty>().Distinct().Count() == 1
            && (merged.Needed is not [var needed]
                || own is { Others.Count: 0 }
                || needed.All(property => IsEmpty(property.Value, depth + 1))))
        {
            return true;
        }

        foreach (var (name, isRequired, schemas) in merged.Properties)
        {
            if (isRequired && (IsEmpty(schemas, depth + 1) || (own is not null && !own.Allows(name))))
                return true;
        }

        return false;
    }

    // The same is asked of all that may fit it as well.
    private MergedObject Written(MergedValue value)
    {
        if (!ReferenceEquals(_written?.Value, value))
            _written = (value, MergedObject.Of(value, merger));
        return _written.Value.Object;
    }

    private bool IsEmpty(Conjunction conjunction, int depth) =>
        conjunction.IsFalse || (depth <= MaxDepth && merger.IsKnownEmpty(conjunction, depth, () => HasNone(conjunction, depth)));

    private bool HasNone(Conjunction conjunction, int depth)
    {
        try
        {
            return merger.Alternatives(conjunction).All(value => IsEmpty(value, null, depth));
        }
        catch (TooManyWaysException)
        {
            return false;
        }
    }
}
