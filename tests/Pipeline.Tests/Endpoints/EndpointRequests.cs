using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Endpoints;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Infer;
using Qwen35Batch.Pipeline.Prepare;
using Qwen35Batch.Pipeline.Tests.Infer;
using Qwen35Batch.Pipeline.Tests.Prepare;

namespace Qwen35Batch.Pipeline.Tests.Endpoints;

/// <summary>Requests to a stub endpoint, as the pipeline makes them.</summary>
internal static class EndpointRequests
{
    public static PreparedRequest About(params Picture[] pictures) => SegmentRequest.Build(
        SegmentJobs.Job(new() { Number = 0, Kind = SegmentKind.Image }, MediaKind.Image, "describe"),
        SegmentJobs.Task("describe"),
        new() { Pictures = pictures },
        null,
        null);

    public static ModelInference Inference(StubEndpoint server, TimeProvider time, Action<EndpointOptions>? change = null)
    {
        var options = new EndpointOptions { BaseUrl = server.BaseUrl, Model = "qwen3.5", ApiKey = "secret-key-of-the-test" };
        change?.Invoke(options);
        return new(
            OpenAICompatibleClient.Create(options, time), new([], [new EndpointProbe(OpenAICompatibleClient.Create(options, time), options, time)]), time);
    }
}
