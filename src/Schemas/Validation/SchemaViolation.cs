namespace Qwen35Batch.Schemas.Validation;

/// <summary>Where an answer breaks its schema, and how.</summary>
/// <param name="Pointer">The JSON pointer within the answer.</param>
/// <param name="Problem">What is wrong, in words.</param>
internal sealed record SchemaViolation(string Pointer, string Problem)
{
    public override string ToString() => $"at '{(Pointer.Length == 0 ? "/" : Pointer)}', {Problem}";
}
