using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Endpoints;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Prepare;

/// <summary>
/// Has sound transcribed by an OpenAI-compatible endpoint. An endpoint that is away defers the segment; one that refuses the sound leaves
/// it without a transcript, and the insight says so.
/// </summary>
internal sealed class TranscriptionClient(HttpClient http, IOptions<TranscriptionOptions> options, TimeProvider time) : IDisposable
{
    private const int MaxAnswerBytes = 16 * 1024 * 1024;

    private readonly SemaphoreSlim _places = new(options.Value.MaxConcurrency);

    public bool IsConfigured => options.Value.BaseUrl is not null;

    public async Task<Transcription> TranscribeAsync(
        SegmentReference segment, ExtractedSegment content, CancellationToken cancellationToken)
    {
        if (content.Audio is null && content.AudioWave is null) return new(null, null);
        if (!IsConfigured) return new(null, ReadingNote.Information(Missing("no transcription endpoint is configured")));
        if (content.AudioWave is not { IsEmpty: false } wave) return Without("the sound could not be extracted");

        // Speech models invent words for silence.
        if (content.Audio is { LoudnessLufs: null, Speech.Count: 0 }) return new(new(null, []), null);

        await _places.WaitAsync(cancellationToken);
        try
        {
            return await AskAsync(wave, segment, cancellationToken);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();

    private async Task<Transcription> AskAsync(ReadOnlyMemory<byte> wave, SegmentReference segment, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.Value.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using var request = Request(wave);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, both.Token);
            if (response.IsSuccessStatusCode)
                return new(await ReadAsync(await response.Content.ReadAsStreamAsync(both.Token), segment, both.Token), null);
            var status = (int)response.StatusCode;
            if (
                status >= 500 || EndpointFaults.IsLoad(status) || EndpointFaults.IsBroken(status) || EndpointFaults.IsMisconfigured(status)
                    || status == 403)
            {
                throw Away($"answered {status}", RetryAfter.Read(response.Headers, time), countsAsAttempt: status == 500);
            }

            return Without($"the transcription endpoint refused the sound with {status}");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException late)
        {
            throw Away(
                $"did not answer within {options.Value.Timeout.TotalSeconds:0} s (Transcription:Timeout)",
                null,
                late,
                countsAsAttempt: true);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            throw Away(
                $"cannot be reached: {broken.Message}",
                null,
                broken,
                broken is HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded });
        }
        catch (JsonException invalid)
        {
            return Without($"the transcription endpoint's answer is not the expected JSON: {invalid.Message}");
        }
    }

    private HttpRequestMessage Request(ReadOnlyMemory<byte> wave)
    {
        var form = new MultipartFormDataContent
        {
            { new StringContent(options.Value.Model), "model" },
            { new StringContent("verbose_json"), "response_format" },
            { new StringContent("segment"), "timestamp_granularities[]" },
            { new StringContent("0"), "temperature" },
        };
        var file = new ReadOnlyMemoryContent(wave) { Headers = { ContentType = new("audio/wav") } };
        form.Add(file, "file", "sound.wav");
        var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri(options.Value.BaseUrl!.AbsoluteUri.TrimEnd('/') + "/audio/transcriptions"))
        { Content = form };
        if (options.Value.ApiKey is { Length: > 0 } key) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return request;
    }

    private static async Task<Transcript> ReadAsync(Stream body, SegmentReference segment, CancellationToken cancellationToken)
    {
        var answer = await JsonSerializer.DeserializeAsync<Answer>(body, JsonSerializerOptions.Web, cancellationToken)
            ?? throw new JsonException("It is null.");
        var start = segment.StartSeconds ?? 0;
        var end = segment.EndSeconds ?? double.MaxValue;
        if (answer.Segments is not { Count: > 0 } pieces)
        {
            return new(
                answer.Language,
                string.IsNullOrWhiteSpace(answer.Text) ? [] : [new(start, segment.EndSeconds ?? start, answer.Text.Trim())]);
        }

        return new(
            answer.Language,
            [.. pieces
                .Where(piece => !string.IsNullOrWhiteSpace(piece.Text))
                .Select(piece => new TranscriptSpan(Within(piece.Start), Within(Math.Max(piece.Start, piece.End)), piece.Text!.Trim()))
                .OrderBy(span => span.Start)]);

        // The endpoint counts from the start of what it was sent; its last span may reach a little over the end.
        double Within(double seconds) => Math.Round(Math.Clamp(start + seconds, start, end), 3);
    }

    // Whoever has no transcription knows that it is not had; one that failed leaves a gap.
    private static Transcription Without(string why) => new(null, ReadingNote.Gap(Missing(why)));

    private static string Missing(string why) => $"There is no transcript ({why}): of the sound, only what was measured is known.";

    private static ResourceUnavailableException Away(string what, TimeSpan? delay, Exception? cause = null, bool countsAsAttempt = false) =>
        new($"The transcription endpoint {what}.", delay ?? EndpointFaults.Delay, countsAsAttempt, cause);

    private sealed record Answer(string? Language, string? Text, IReadOnlyList<Piece>? Segments);

    private sealed record Piece(double Start, double End, string? Text);
}
