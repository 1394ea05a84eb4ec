using Qwen35Batch.Persistence.Submissions;

namespace Qwen35Batch.Worker.Intake;

/// <summary>What came of submissions that were offered together: all are stored, or none because some have errors.</summary>
/// <param name="Errors">The errors by the submission's index; empty when all were taken.</param>
/// <param name="Outcomes">In the order of the submissions; empty when there are errors.</param>
internal sealed record IntakeOutcome(IReadOnlyDictionary<int, IReadOnlyList<FieldError>> Errors, IReadOnlyList<SubmitOutcome> Outcomes);
