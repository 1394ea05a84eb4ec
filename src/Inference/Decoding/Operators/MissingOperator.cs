using System.Text.RegularExpressions;

namespace Qwen35Batch.Inference.Decoding.Operators;

/// <summary>Reads from ONNX Runtime's refusal of a graph which operator its library does not know.</summary>
internal static partial class MissingOperator
{
    /// <returns>Such as <c>the operator com.microsoft:QMoE</c>; null when the refusal has another reason.</returns>
    public static string? In(string message)
    {
        if (UnknownOperator().Match(message) is { Success: true } unknown) return $"the operator {unknown.Groups["name"].Value}";
        if (UnknownVersion().Match(message) is { Success: true } version)
            return $"the operator {version.Groups["name"].Value} of version {version.Groups["version"].Value}";
        if (UnknownAttribute().Match(message) is { Success: true } attribute)
            return $"the attribute {attribute.Groups["attribute"].Value} of the operator {attribute.Groups["name"].Value}";
        if (UnknownKernel().Match(message) is { Success: true } kernel)
        {
            return $"the operator {kernel.Groups["name"].Value} of version {kernel.Groups["version"].Value} for the types of its node "
                + kernel.Groups["node"].Value;
        }

        return UnknownOpset().Match(message) is { Success: true } opset
            ? $"the operators of opset {opset.Groups["version"].Value}"
            : null;
    }

    // Such as "Fatal error: com.microsoft:QMoE(-1) is not a registered function/op".
    [GeneratedRegex(@"(?<name>[\w.:]+)\(-?\d+\) is not a registered function/op", RegexOptions.ExplicitCapture)]
    private static partial Regex UnknownOperator();

    // Such as "No Op registered for RMSNormalization with domain_version of 21".
    [GeneratedRegex(@"No Op registered for (?<name>\w+) with domain_version of (?<version>\d+)", RegexOptions.ExplicitCapture)]
    private static partial Regex UnknownVersion();

    // Such as "Unrecognized attribute: accuracy_level for operator QMoE".
    [GeneratedRegex(@"Unrecognized attribute: (?<attribute>\w+) for operator (?<name>\w+)", RegexOptions.ExplicitCapture)]
    private static partial Regex UnknownAttribute();

    // Such as "Could not find an implementation for Mod(13) node with name 'remainder'": it is known, but not for these types.
    [GeneratedRegex(
        @"Could not find an implementation for (?<name>\w+)\((?<version>\d+)\) node with name '(?<node>[^']*)'",
        RegexOptions.ExplicitCapture)]
    private static partial Regex UnknownKernel();

    // Such as "Opset 99 is under development and support for this is limited": the newest that is known stands behind it.
    [GeneratedRegex(@"Opset (?<version>\d+) is under development", RegexOptions.ExplicitCapture)]
    private static partial Regex UnknownOpset();
}
