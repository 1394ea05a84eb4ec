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

    /// <summary>
    /// Judged by the older dialect that the schema names: up to draft 7 what stands beside a reference says nothing, draft 4 knows no
    /// <c>if</c> and <c>const</c>, and <c>1.0</c> is no integer to it. Here every schema is read as the newest dialect has it.
    /// </summary>
    OlderDialect,

    /// <summary>Valid, and taken of an endpoint, but never written, such as a number of more digits than a double has.</summary>
    NeverWritten,

    /// <summary>Valid, and refused for no reason that is said.</summary>
    RefusedValid,

    /// <summary>Not valid, and taken by the grammar or by the validator.</summary>
    FalseAcceptance,
}
