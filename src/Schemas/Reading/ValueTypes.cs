namespace Qwen35Batch.Schemas.Reading;

/// <summary>
/// The kinds of JSON values that a schema tells apart. Numbers are two kinds, so that every set of types has a complement:
/// <c>integer</c> is <see cref="Integer"/>, <c>number</c> is both.
/// </summary>
[Flags]
internal enum ValueTypes
{
    None = 0,
    Null = 1,
    Boolean = 2,
    String = 4,

    /// <summary>A number without a fraction, however it is written: <c>1.0</c> is one.</summary>
    Integer = 8,

    /// <summary>A number with a fraction.</summary>
    Fraction = 16,
    Array = 32,
    Object = 64,
    Number = Integer | Fraction,
    All = Null | Boolean | String | Number | Array | Object,
}
