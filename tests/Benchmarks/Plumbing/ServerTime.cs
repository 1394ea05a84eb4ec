using System.Globalization;

namespace Qwen35Batch.Benchmarks.Plumbing;

/// <summary>Processor time of what works beside the workers, where the system tells it (Linux).</summary>
/// <param name="PostgreSql">Of the database server; zero when it is not a child of this program.</param>
/// <param name="RabbitMq">Of the broker; zero when it is not a child of this program.</param>
/// <param name="Own">Of this program: sender, listener and endpoint.</param>
internal sealed record ServerTime(TimeSpan PostgreSql, TimeSpan RabbitMq, TimeSpan Own)
{
    /// <summary>The share of one of so many.</summary>
    public static ServerTime operator /(ServerTime time, int count) =>
        new(time.PostgreSql / count, time.RabbitMq / count, time.Own / count);

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"PostgreSQL {PostgreSql.TotalMilliseconds:0.00}, RabbitMQ {RabbitMq.TotalMilliseconds:0.00}, this program "
            + $"{Own.TotalMilliseconds:0.00} ms");
}
