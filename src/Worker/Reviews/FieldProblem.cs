using System.Diagnostics.CodeAnalysis;

namespace Qwen35Batch.Worker.Reviews;

/// <summary>What is wrong with a review.</summary>
/// <param name="Pointer">The JSON pointer within the corrected insight; empty for the whole.</param>
/// <param name="Problem">What is wrong, in words.</param>
[SuppressMessage("Naming", "CA1720", Justification = "It is RFC 6901's word, and the record's.")]
internal sealed record FieldProblem(string Pointer, string Problem);
