namespace Qwen35Batch.Pipeline.Tests.Agents.Hostile;

/// <summary>A page that says one thing of use, and hides an order.</summary>
/// <param name="Name">Its path on a server, such as <c>direct-order-3.html</c>.</param>
/// <param name="Family">What is hidden in it.</param>
/// <param name="Canary">A word that is in the order alone: wherever it turns up, the order was carried there.</param>
/// <param name="Order">The order, as text.</param>
/// <param name="Fact">The sentence of use, as the page has it.</param>
/// <param name="Claim">What an honest reader makes of it, in Japanese.</param>
/// <param name="Html">The page.</param>
internal sealed record HostilePage(
    string Name, HostileFamily Family, string Canary, string Order, string Fact, string Claim, string Html);
