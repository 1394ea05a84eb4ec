namespace Qwen35Batch.Inference.Decoding.Operators;

/// <summary>How nodes of a graph use an operator.</summary>
/// <param name="Domain">Empty for ONNX's own.</param>
/// <param name="Type">The operator's name.</param>
/// <param name="Version">Of the domain's set of operators.</param>
/// <param name="Inputs">For each input whether it is given.</param>
/// <param name="Outputs">How many there are.</param>
/// <param name="Attributes">Names.</param>
internal sealed record GraphOperator(string Domain, string Type, long Version, string Inputs, int Outputs, string Attributes)
{
    /// <summary>In <see cref="Inputs"/>, an input that is given, and one that is not.</summary>
    public const char Given = 'x', Left = '-';

    /// <summary>Such as <c>com.microsoft:QMoE</c>.</summary>
    public string Name => Domain.Length == 0 ? Type : $"{Domain}:{Type}";
}
