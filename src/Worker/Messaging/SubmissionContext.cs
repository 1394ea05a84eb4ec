using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Serialization;
using MassTransit;
using MassTransit.Context;
using MassTransit.Serialization;
using Qwen35Batch.Contracts;

namespace Qwen35Batch.Worker.Messaging;

/// <summary>A received message with a submission that was read, in the place of what was sent.</summary>
internal sealed class SubmissionContext : ReceiveContextProxy, ReceiveContext
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <summary>What a sender could have answers and faults sent to.</summary>
    private static readonly string[] Addresses =
        [MessageHeaders.ResponseAddress, MessageHeaders.FaultAddress, MessageHeaders.SourceAddress, MessageHeaders.ForwarderAddress];

    private readonly MessageBody _body;
    private readonly Headers _headers;

    public SubmissionContext(ReceiveContext context, SubmitJob job)
        : base(context)
    {
        _body = new BytesMessageBody(JsonSerializer.SerializeToUtf8Bytes(job, Json));
        _headers = new DictionarySendHeaders(context.TransportHeaders.GetAll()
            .Where(header => !Addresses.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
            .ToDictionary(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase)!);
    }

    MessageBody ReceiveContext.Body => _body;

    ContentType ReceiveContext.ContentType => new("application/json");

    Headers ReceiveContext.TransportHeaders => _headers;
}
