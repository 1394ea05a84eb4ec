using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Extract;
using Qwen35Batch.Pipeline.Extract.Documents.Reading;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Benchmarks.Reading;

/// <summary>A workbook is read once, and each of its parts is taken from what was read.</summary>
internal static class LargeWorkbook
{
    // Twice the time of one reading would be a second one.
    private const double MostRatio = 1.5;

    public static async Task RunAsync(int rows, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("reading-").FullName;
        try
        {
            var path = Path.Combine(folder, "rows.xlsx");
            Write(path, rows);
            await using var services = Services(Path.Combine(folder, "data"), rows);
            var media = await services.GetRequiredService<MediaStore>().AcquireAsync(path, cancellationToken);
            var clock = Stopwatch.StartNew();
            var description = await services.GetRequiredService<MediaProbe>().DescribeAsync(media, cancellationToken);
            var reading = clock.Elapsed;
            var extractor = services.GetRequiredService<SegmentExtractor>();
            var settings = new MediaSettings();
            var parts = SegmentPlanner.Plan(description, settings, new());
            clock.Restart();
            foreach (var part in parts)
                await extractor.ExtractAsync(description, part, settings, new(), WaveOutput.Omit, cancellationToken);
            var all = reading + clock.Elapsed;
            var ratio = all / reading;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {rows:N0} rows, {description.CharacterCount:N0} characters, {parts.Count:N0} parts: reading "
                    + $"{reading.TotalSeconds:0.00} s, reading and all parts {all.TotalSeconds:0.00} s, "
                    + $"ratio {ratio:0.000}{(ratio > MostRatio ? "  FAILED" : "")}"));
            if (ratio > MostRatio)
                Environment.ExitCode = 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ServiceProvider Services(string data, int rows)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddLogging();
        services.AddMediaStages();
        services.AddSingleton(new ReaderProgram("dotnet", [Path.Combine(AppContext.BaseDirectory, "qwen35batch.dll")]));
        services.Configure<AcquireOptions>(options => options.DataFolder = data);
        services.Configure<ExtractOptions>(options =>
        {
            options.MaxSheetRows = rows;
            options.MaxTextLength = 64 << 20;
            options.ReaderMemoryBytes = 1L << 30;
            options.PageDeadline = TimeSpan.FromMinutes(10);
        });
        return services.BuildServiceProvider();
    }

    private static void Write(string path, int rows)
    {
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        Part(
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" "
                + "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/xl/workbook.xml\" "
                + "ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>");
        Part("_rels/.rels", Relationship("officeDocument", "xl/workbook.xml"));
        Part("xl/_rels/workbook.xml.rels", Relationship("worksheet", "worksheets/sheet1.xml"));
        Part(
            "xl/workbook.xml",
            "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" "
                + "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"Rows\" "
                + "sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>");
        using var sheet = new StreamWriter(archive.CreateEntry("xl/worksheets/sheet1.xml").Open());
        sheet.Write("<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>");
        for (var row = 1; row <= rows; row++)
        {
            sheet.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"<row r=\"{row}\"><c r=\"A{row}\" t=\"inlineStr\"><is><t>item {row}</t></is></c><c r=\"B{row}\">"
                    + $"<v>{row * 17 % 9973}.25</v></c>"
                    + $"<c r=\"C{row}\" t=\"inlineStr\"><is><t>a place where it lies, row {row}</t></is></c></row>"));
        }

        sheet.Write("</sheetData></worksheet>");

        void Part(string name, string content)
        {
            using var part = new StreamWriter(archive.CreateEntry(name).Open());
            part.Write(content);
        }
    }

    private static string Relationship(string kind, string target) =>
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" "
            + $"Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}\" Target=\"{target}\"/></Relationships>";
}
