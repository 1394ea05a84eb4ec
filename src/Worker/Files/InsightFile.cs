using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Parquet;
using Qwen35Batch.Contracts;
using Qwen35Batch.Worker.Configuration;

namespace Qwen35Batch.Worker.Files;

/// <summary>Writes insights to a file: beside it first, then renamed, so that a reader never sees half a file.</summary>
internal static class InsightFile
{
    /// <summary>The name that stands for the standard output.</summary>
    public const string StandardOutput = "-";

    private const int RowGroup = 10_000;

    /// <summary>
    /// Names in camel case, Japanese as it is. The file is JSON and never part of a page, so nothing needs escaping for HTML.
    /// </summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { Spelling.Converter },
    };

    /// <param name="path">The file, or <see cref="StandardOutput"/>.</param>
    /// <param name="format">Null to go by the file's ending: .csv and .parquet are what they say, all others are JSON lines.</param>
    /// <param name="insights">What is written.</param>
    /// <param name="cancellationToken">Leaves an older file as it was.</param>
    /// <returns>The number of insights.</returns>
    /// <exception cref="CommandException">The file cannot be written.</exception>
    public static async Task<int> WriteAsync(
        string path, ExportFormat? format, IAsyncEnumerable<InsightRecord> insights, CancellationToken cancellationToken)
    {
        if (path == StandardOutput)
        {
            if (format == ExportFormat.Parquet) throw new CommandException("Parquet needs a file: name it with --out.");
            await using var output = Console.OpenStandardOutput();
            return await WriteAsync(output, format ?? ExportFormat.Jsonl, insights, cancellationToken);
        }

        var full = Path.GetFullPath(path);
        try
        {
            return await ReplaceAsync(full, format ?? FormatOf(full), insights, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                $"'{full}' cannot be written: {error.Message} The insights are in the ledger; 'export' writes them to another file.");
        }
    }

    private static ExportFormat FormatOf(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".CSV" => ExportFormat.Csv,
        ".PARQUET" => ExportFormat.Parquet,
        _ => ExportFormat.Jsonl,
    };

    private static async Task<int> ReplaceAsync(
        string full, ExportFormat format, IAsyncEnumerable<InsightRecord> insights, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var partial = $"{full}.{Guid.NewGuid():N}.partial";
        try
        {
            int count;
            await using (var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.ReadWrite))
                count = await WriteAsync(stream, format, insights, cancellationToken);
            File.Move(partial, full, overwrite: true);
            return count;
        }
        finally
        {
            File.Delete(partial);
        }
    }

    public static Task<int> WriteAsync(
        Stream stream, ExportFormat format, IAsyncEnumerable<InsightRecord> insights, CancellationToken cancellationToken) => format switch
        {
            ExportFormat.Jsonl =>
                WriteLinesAsync(stream, null, insights, insight => JsonSerializer.Serialize(insight, Json), cancellationToken),
            ExportFormat.Csv => WriteLinesAsync(stream, string.Join(',', InsightColumns.Names), insights, CsvLine, cancellationToken),
            ExportFormat.Parquet => WriteParquetAsync(stream, insights, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(format)),
        };

    private static async Task<int> WriteLinesAsync(
        Stream stream, string? header, IAsyncEnumerable<InsightRecord> insights, Func<InsightRecord, string> line,
        CancellationToken cancellationToken)
    {
        var count = 0;
        await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true)
        {
            NewLine = "\n"
        };
        if (header is not null) await writer.WriteLineAsync(header.AsMemory(), cancellationToken);
        await foreach (var insight in insights.WithCancellation(cancellationToken))
        {
            await writer.WriteLineAsync(line(insight).AsMemory(), cancellationToken);
            count++;
        }

        return count;
    }

    private static string CsvLine(InsightRecord insight) => string.Join(',', InsightColumns.Values(insight).Select(CsvField));

    /// <summary>RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe in front.</summary>
    private static string CsvField(object? value)
    {
        var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        if (value is string && text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r') text = "'" + text;
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static async Task<int> WriteParquetAsync(
        Stream stream, IAsyncEnumerable<InsightRecord> insights, CancellationToken cancellationToken)
    {
        var count = 0;
        await using var writer = await ParquetWriter.CreateAsync(InsightColumns.Schema, stream, cancellationToken: cancellationToken);
        var rows = new List<object?[]>();
        await foreach (var insight in insights.WithCancellation(cancellationToken))
        {
            rows.Add(InsightColumns.Values(insight));
            count++;
            if (rows.Count < RowGroup) continue;
            await InsightColumns.WriteAsync(writer, rows);
            rows.Clear();
        }

        if (rows.Count > 0) await InsightColumns.WriteAsync(writer, rows);
        return count;
    }
}
