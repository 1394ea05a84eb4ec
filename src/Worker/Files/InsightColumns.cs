using System.Text.Json;
using Parquet;
using Parquet.Schema;
using Qwen35Batch.Contracts;

namespace Qwen35Batch.Worker.Files;

/// <summary>An insight as one flat row, for CSV and Parquet.</summary>
internal static class InsightColumns
{
    private static readonly (DataField Field, Type Type, Func<InsightRecord, object?> Value)[] Columns =
    [
        Column<string>("source", insight => insight.Source),
        Column<string>("job", insight => insight.Job.ToString()),
        Column<int>("segment", insight => insight.Segment.Number),
        Column<string>("kind", insight => Spelling.Of(insight.Segment.Kind)),
        Column<int?>("page", insight => insight.Segment.Page),
        Column<double?>("start_seconds", insight => insight.Segment.StartSeconds),
        Column<double?>("end_seconds", insight => insight.Segment.EndSeconds),
        Column<string>("task", insight => insight.Task.Name),
        Column<string>("task_version", insight => insight.Task.Version),
        Column<string>("model", insight => insight.Model),
        Column<string>("insight", insight => JsonSerializer.Serialize(insight.Insight, InsightFile.Json)),
        Column<string>("citations", insight => JsonSerializer.Serialize(insight.Citations, InsightFile.Json)),
        Column<string>(
            "names", insight => insight.Names is { } names ? JsonSerializer.Serialize(names, InsightFile.Json) : null),
        Column<string>("fields", insight => JsonSerializer.Serialize(insight.Fields, InsightFile.Json)),
        Column<string>("note", insight => insight.Note),
        Column<int>("input_tokens", insight => insight.Usage.InputTokens),
        Column<int>("cached_input_tokens", insight => insight.Usage.CachedInputTokens),
        Column<int>("output_tokens", insight => insight.Usage.OutputTokens),
        Column<int>("pictures", insight => insight.Usage.Pictures),
        Column<long>("model_milliseconds", insight => insight.Usage.ModelMilliseconds),
    ];

    public static IEnumerable<string> Names => Columns.Select(column => column.Field.Name);

    public static ParquetSchema Schema => new(Columns.Select(column => column.Field).ToArray<Field>());

    public static object?[] Values(InsightRecord insight) => [.. Columns.Select(column => column.Value(insight))];

    /// <summary>Writes rows as one row group.</summary>
    public static async Task WriteAsync(ParquetWriter writer, List<object?[]> rows)
    {
        using var group = writer.CreateRowGroup();
        for (var column = 0; column < Columns.Length; column++)
        {
            var (field, type, _) = Columns[column];
            await (type switch
            {
                _ when type == typeof(string) => group.WriteAsync(field, rows.ConvertAll(row => (string?)row[column])),
                _ when type == typeof(int?) => group.WriteAsync<int>(field, rows.ConvertAll(row => (int?)row[column]).ToArray()),
                _ when type == typeof(double?) => group.WriteAsync<double>(field, rows.ConvertAll(row => (double?)row[column]).ToArray()),
                _ when type == typeof(int) => group.WriteAsync<int>(field, rows.ConvertAll(row => (int)row[column]!).ToArray()),
                _ when type == typeof(long) => group.WriteAsync<long>(field, rows.ConvertAll(row => (long)row[column]!).ToArray()),
                _ => throw new InvalidOperationException($"No way to write a column of {type}."),
            });
        }
    }

    private static (DataField Field, Type Type, Func<InsightRecord, object?> Value) Column<T>(
        string name, Func<InsightRecord, object?> value) =>
        (new DataField<T>(name), typeof(T), value);
}
