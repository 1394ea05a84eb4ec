namespace Qwen35Batch.Worker.Configuration;

/// <summary>A section of the configuration and the options that it is bound to; more than one where a choice decides.</summary>
internal sealed record OptionSection(string Name, params IReadOnlyList<Type> Types);
