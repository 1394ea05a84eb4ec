namespace Qwen35Batch.Worker.Http.Access;

/// <summary>Who asks.</summary>
/// <param name="Name">The key's name, or the proxy's user; null for this machine.</param>
/// <param name="Role">What they may do.</param>
internal sealed record Caller(string? Name, AccessRole Role)
{
    /// <summary>Who is on this machine, and asks without a name.</summary>
    public static Caller Local { get; } = new(null, AccessRole.Operator);

    /// <summary>The name of who sends a request; null for this machine.</summary>
    public static string? NameOf(HttpContext context) => (context.Items[typeof(Caller)] as Caller)?.Name;

    public void Attach(HttpContext context) => context.Items[typeof(Caller)] = this;
}
