namespace Qwen35Batch.Benchmarks.Schemas;

/// <summary>What the product makes of an instance, beside what is known of it.</summary>
internal enum InstanceVerdict
{
    Right,

    /// <summary>
    /// Valid to a schema that leaves <c>additionalProperties</c> unsaid, where objects that name properties are closed here.
    /// </summary>
    ClosedHere,

    /// <summary>Valid where formats are annotations; here they are held to.</summary>
    FormatAsserted,

    /// <summary>Valid, and taken of an endpoint, but never written, such as a number of more digits than a double has.</summary>
    NeverWritten,

    /// <summary>Valid, and refused for no reason that is said.</summary>
    RefusedValid,

    /// <summary>Not valid, and taken by the grammar or by the validator.</summary>
    FalseAcceptance,
}
