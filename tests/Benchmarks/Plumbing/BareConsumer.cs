using MassTransit;
using Npgsql;
using NpgsqlTypes;
using Qwen35Batch.Contracts;
using Qwen35Batch.TestServers;
using Qwen35Batch.Worker.Messaging;

namespace Qwen35Batch.Benchmarks.Plumbing;

/// <summary>
/// What everything is compared with: a consumer that inserts one row for each message in a commit of its own, and does nothing else. The
/// message is acknowledged after the commit.
/// </summary>
internal sealed class BareConsumer(NpgsqlDataSource source, TaskCompletionSource done, int count) : IConsumer<SubmitJob>
{
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

    /// <param name="host">The broker.</param>
    /// <param name="ledger">The database.</param>
    /// <param name="broker">The sender.</param>
    /// <param name="messages">What is sent.</param>
    /// <param name="asOurs">With the kind of queue and the concurrency of the worker's intake, instead of MassTransit's defaults.</param>
    /// <param name="cancellationToken">Stops the measuring.</param>
    /// <returns>Messages a second, and what each took of the processors.</returns>
    public static async Task<(double Rate, ServerTime Servers)> MeasureAsync(
        RabbitMqVirtualHost host, string ledger, PlumbingBroker broker, IReadOnlyList<SubmitJob> messages, bool asOurs,
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
        var queue = asOurs ? "bare-quorum" : "bare";
        var ours = new BusOptions();
        var bus = Bus.Factory.CreateUsingRabbitMq(rabbit =>
        {
            rabbit.Host(host.Host, (ushort)host.Port, host.VirtualHost, user =>
            {
                user.Username(host.User);
                user.Password(host.Password);
            });
            rabbit.ReceiveEndpoint(queue, endpoint =>
            {
                if (asOurs)
                {
                    endpoint.SetQuorumQueue();
                    endpoint.PrefetchCount = ours.Prefetch;
                    endpoint.ConcurrentMessageLimit = ours.ConcurrentMessages;
                }

                endpoint.UseRawJsonDeserializer(RawSerializerOptions.AnyMessageType);
                endpoint.Instance(consumer);
            });
        });
        await bus.StartAsync(cancellationToken);
        try
        {
            var clock = new ServerClock();
            var startedAt = TimeProvider.System.GetTimestamp();
            await broker.SendAsync(queue, messages, cancellationToken);
            await done.Task.WaitAsync(cancellationToken);
            var seconds = TimeProvider.System.GetElapsedTime(startedAt).TotalSeconds;
            return (messages.Count / seconds, clock.Elapsed() / messages.Count);
        }
        finally
        {
            await bus.StopAsync(cancellationToken);
        }
    }
}
