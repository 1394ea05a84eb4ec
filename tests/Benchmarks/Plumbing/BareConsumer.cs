using MassTransit;
using Npgsql;
using NpgsqlTypes;
using Qwen35Batch.Contracts;
using Qwen35Batch.TestServers;

namespace Qwen35Batch.Benchmarks.Plumbing;

/// <summary>What everything is compared with: a consumer that inserts one row for each message, and does nothing else.</summary>
internal sealed class BareConsumer(NpgsqlDataSource source, TaskCompletionSource done, int count) : IConsumer<SubmitJob>
{
    private const string Queue = "bare";
    private const int Prefetch = 64;
    private int _consumed;

    public async Task Consume(ConsumeContext<SubmitJob> context)
    {
        await using var command = source.CreateCommand("INSERT INTO bare (job_id, source, task) VALUES ($1, $2, $3)");
        command.Parameters.Add(new() { Value = context.Message.JobId });
        command.Parameters.Add(new() { Value = context.Message.Source, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = context.Message.Task, NpgsqlDbType = NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(context.CancellationToken);
        if (Interlocked.Increment(ref _consumed) == count) done.TrySetResult();
    }

    /// <returns>Messages a second.</returns>
    public static async Task<double> MeasureAsync(
        RabbitMqVirtualHost host, string ledger, PlumbingBroker broker, IReadOnlyList<SubmitJob> messages,
        CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(ledger);
        await using (var table = source.CreateCommand(
            """
            CREATE TABLE IF NOT EXISTS bare (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, job_id uuid UNIQUE, source text, task text)
            """))
        {
            await table.ExecuteNonQueryAsync(cancellationToken);
        }

        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var consumer = new BareConsumer(source, done, messages.Count);
        var bus = Bus.Factory.CreateUsingRabbitMq(rabbit =>
        {
            rabbit.Host(host.Host, (ushort)host.Port, host.VirtualHost, user =>
            {
                user.Username(host.User);
                user.Password(host.Password);
            });
            rabbit.ReceiveEndpoint(Queue, endpoint =>
            {
                endpoint.PrefetchCount = Prefetch;
                endpoint.UseRawJsonDeserializer(RawSerializerOptions.AnyMessageType);
                endpoint.Instance(consumer);
            });
        });
        await bus.StartAsync(cancellationToken);
        try
        {
            var startedAt = TimeProvider.System.GetTimestamp();
            await broker.SendAsync(Queue, messages, cancellationToken);
            await done.Task.WaitAsync(cancellationToken);
            return messages.Count / TimeProvider.System.GetElapsedTime(startedAt).TotalSeconds;
        }
        finally
        {
            await bus.StopAsync(cancellationToken);
        }
    }
}
