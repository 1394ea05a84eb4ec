using System.Security.Cryptography;
using System.Text;

namespace Qwen35Batch.Contracts.Steps;

/// <summary>A step as it is asked for.</summary>
/// <param name="Number">Its number within the job, from 0, without gaps.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Tool">The tool of a call, or the one whose result is read; null for another.</param>
/// <param name="Arguments">The arguments of a call, as JSON; for a request to the model, what tells it from others.</param>
/// <param name="Effect">What it does to the world.</param>
public sealed record StepRequest(int Number, StepKind Kind, string? Tool, string Arguments, StepEffect Effect)
{
    /// <summary>SHA-256 of tool and arguments, lower-case hexadecimal: what an approval is bound to.</summary>
    public string ArgumentsSha256 =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Kind}\n{Tool}\n{Arguments}")));
}
