namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>
/// Says what an exception of the registered <see cref="Microsoft.Extensions.AI.IChatClient"/> means. The host registers one for an engine
/// whose exceptions only it knows.
/// </summary>
/// <param name="exception">What the engine threw.</param>
/// <returns>Its meaning, or null when it is not one of this engine's.</returns>
public delegate ModelFault? ModelFaultReader(Exception exception);
