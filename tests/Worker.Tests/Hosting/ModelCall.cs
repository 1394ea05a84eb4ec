namespace Qwen35Batch.Worker.Tests.Hosting;

/// <summary>A call of the scripted model.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Running">Calls that run now, this one included.</param>
/// <param name="Text">All text of the request.</param>
internal sealed record ModelCall(int Number, int Running, string Text);
