using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Qwen35Batch.Pipeline.Tests.Infer;

/// <summary>An OpenAI-compatible server on a loopback port that does what the test says.</summary>
internal sealed class StubEndpoint : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    private StubEndpoint(int port)
    {
        BaseUrl = new($"http://127.0.0.1:{port}/v1");
        _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        _listener.Start();
        _loop = Task.Run(AcceptAsync);
    }

    public Uri BaseUrl { get; }

    public ConcurrentQueue<StubRequest> Requests { get; } = [];

    public Func<StubRequest, StubResponse, Task> Handle { get; set; } = (_, response) => response.SendAsync(200, Completion("{}"));

    public static StubEndpoint Start()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new(FreePort());
            }
            catch (HttpListenerException) when (attempt < 10)
            {
                // Another process was quicker to take the port.
            }
        }
    }

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public static string Completion(string content, string finish = "stop", string? refusal = null) => JsonSerializer.Serialize(new
    {
        id = "chatcmpl-1",
        @object = "chat.completion",
        created = 1_700_000_000,
        model = "qwen3.5-stub",
        system_fingerprint = "fp_7",
        choices = new[] { new { index = 0, message = new { role = "assistant", content, refusal }, finish_reason = finish } },
        usage = new { prompt_tokens = 120, completion_tokens = 9, total_tokens = 129, prompt_tokens_details = new { cached_tokens = 64 } },
    });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Close();
        await _loop;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            _ = Task.Run(() => AnswerAsync(context));
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            var request = new StubRequest(context.Request.Url!.AbsolutePath, context.Request.Headers["Authorization"], context.Request.ContentType, body.ToArray());
            Requests.Enqueue(request);
            await Handle(request, new(context.Response, _stop.Token));
        }
        catch (Exception gone) when (gone is HttpListenerException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            context.Response.Abort();
        }
    }

    internal sealed record StubRequest(string Path, string? Authorization, string? ContentType, byte[] Body)
    {
        public string Text => Encoding.UTF8.GetString(Body);

        public JsonElement Json => JsonDocument.Parse(Body).RootElement;

        /// <summary>Whether it is the question about nothing, by which an item's own fault is told from the endpoint's.</summary>
        public bool IsProbe => Text.Contains("\"A test.\"", StringComparison.Ordinal);
    }

    internal sealed class StubResponse(HttpListenerResponse response, CancellationToken stopped)
    {
        public Task SendAsync(int status, string body, string? retryAfter = null) =>
            SendAsync(status, Encoding.UTF8.GetBytes(body), "application/json", retryAfter is null ? [] : [("Retry-After", retryAfter)]);

        public async Task SendAsync(int status, byte[] body, string contentType, params (string Name, string Value)[] headers)
        {
            response.StatusCode = status;
            response.ContentType = contentType;
            foreach (var (name, value) in headers) response.Headers[name] = value;
            await response.OutputStream.WriteAsync(body, stopped);
            response.Close();
        }

        /// <summary>Breaks the connection off in the middle of an answer.</summary>
        public async Task BreakAsync()
        {
            response.ContentLength64 = 1000;
            await response.OutputStream.WriteAsync("{ "u8.ToArray(), stopped);
            await response.OutputStream.FlushAsync(stopped);
            response.Abort();
        }

        /// <summary>Sends the beginning of an answer and never its end.</summary>
        public async Task DripAsync(Action begun)
        {
            response.SendChunked = true;
            await response.OutputStream.WriteAsync("{ "u8.ToArray(), stopped);
            await response.OutputStream.FlushAsync(stopped);
            begun();
            await Task.Delay(Timeout.Infinite, stopped);
        }
    }
}
