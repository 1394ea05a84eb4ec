using System.Net.Http.Headers;
using Microsoft.Extensions.Options;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Pipeline.Endpoints;

namespace Qwen35Batch.Worker.Availability;

/// <summary>An OpenAI-compatible endpoint.</summary>
internal sealed class EndpointEngine : IEngine, IDisposable
{
    private readonly HttpClient _client = new(
        new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false });
    private readonly Uri _models;
    private readonly string _model;

    public EndpointEngine(IOptions<EndpointOptions> options)
    {
        _model = options.Value.Model!;
        _models = EndpointAddress.Of(options.Value.BaseUrl!, "models");
        if (options.Value.ApiKey is { Length: > 0 } key)
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public EngineStatistics? Statistics => null;

    /// <summary>Asks the endpoint for its models: cheap, and every compatible server answers it.</summary>
    public async Task<string?> WhyNotReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _client.GetAsync(_models, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return answer.IsSuccessStatusCode ? null : $"The endpoint answers {(int)answer.StatusCode} to GET {_models}.";
        }
        catch (HttpRequestException problem)
        {
            return $"The endpoint does not answer GET {_models}: {problem.Message}";
        }
    }

    public Task<string> ModelIdentityAsync(CancellationToken cancellationToken) => Task.FromResult(_model);

    public void Dispose() => _client.Dispose();
}
