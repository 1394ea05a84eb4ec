namespace Qwen35Batch.Worker.Intake;

/// <summary>What is wrong with one field of a submission.</summary>
/// <param name="Field">The field as in JSON, such as <c>options.language</c>; empty for the body itself.</param>
/// <param name="Message">What is wrong and what is allowed.</param>
internal sealed record FieldError(string Field, string Message)
{
    public override string ToString() => Field.Length == 0 ? Message : $"{Field}: {Message}";
}
