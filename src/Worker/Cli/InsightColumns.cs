using System.Text.Json;
using Parquet;
using Parquet.Schema;
using Qwen35Batch.Contracts;

namespace Qwen35Batch.Worker.Cli;

/// <summary>An insight as one flat row, for CSV and Parquet.</summary>
internal static class InsightColumns
{
    private static readonly (DataField Field, Func<InsightRecord, object?> Value)[] Columns =
    [
        (new DataField<string>("source"), insight => insight.Source),
        (new DataField<string>("job"), insight => insight.Job.ToString()),
        (new DataField<int>("segment"), insight => insight.Segment.Number),
        (new DataField<string>("kind"), insight => JsonNamingPolicy.CamelCase.ConvertName(insight.Segment.Kind.ToString())),
        (new DataField<int?>("page"), insight => insight.Segment.Page),
        (new DataField<double?>("start_seconds"), insight => insight.Segment.StartSeconds),
        (new DataField<double?>("end_seconds"), insight => insight.Segment.EndSeconds),
        (new DataField<string>("task"), insight => insight.Task.Name),
        (new DataField<string>("task_version"), insight => insight.Task.Version),
        (new DataField<string>("model"), insight => insight.Model),
        (new DataField<string>("insight"), insight => JsonSerializer.Serialize(insight.Insight, InsightFile.Json)),
        (new DataField<string>("citations"), insight => JsonSerializer.Serialize(insight.Citations, InsightFile.Json)),
        (new DataField<string>("note"), insight => insight.Note),
        (new DataField<int>("input_tokens"), insight => insight.Usage.InputTokens),
        (new DataField<int>("cached_input_tokens"), insight => insight.Usage.CachedInputTokens),
        (new DataField<int>("output_tokens"), insight => insight.Usage.OutputTokens),
        (new DataField<int>("pictures"), insight => insight.Usage.Pictures),
        (new DataField<long>("model_milliseconds"), insight => insight.Usage.ModelMilliseconds),
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
            var field = Columns[column].Field;
            await ((field.ClrType, field.IsNullable) switch
            {
                (var type, _) when type == typeof(string) => group.WriteAsync(field, rows.ConvertAll(row => (string?)row[column])),
                (var type, true) when type == typeof(int) => group.WriteAsync<int>(field, rows.ConvertAll(row => (int?)row[column]).ToArray()),
                (var type, true) when type == typeof(double) => group.WriteAsync<double>(field, rows.ConvertAll(row => (double?)row[column]).ToArray()),
                (var type, false) when type == typeof(int) => group.WriteAsync<int>(field, rows.ConvertAll(row => (int)row[column]!).ToArray()),
                (var type, false) when type == typeof(long) => group.WriteAsync<long>(field, rows.ConvertAll(row => (long)row[column]!).ToArray()),
                (var type, _) => throw new InvalidOperationException($"No way to write a column of {type}."),
            });
        }
    }
}
