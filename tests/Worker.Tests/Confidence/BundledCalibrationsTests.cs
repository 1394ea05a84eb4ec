using Microsoft.Extensions.DependencyInjection;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Confidence;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Hosting;

namespace Qwen35Batch.Worker.Tests.Confidence;

public sealed class BundledCalibrationsTests
{
    /// <summary>
    /// A changed prompt or schema of a built-in task, or other weights, make them useless. Then make them anew:
    /// <c>eval samples/eval --calibrate --data D</c> and <c>calibration export models/nano/calibration.json --data D</c>.
    /// </summary>
    [Fact]
    public async Task The_bundled_model_is_calibrated_for_the_built_in_tasks_as_they_are()
    {
        var folder = Directory.CreateTempSubdirectory("qwen35batch-bundled-");
        try
        {
            using var tools = WorkerComposition.BuildLedgerOnly(new WorkerSettings { DataFolder = folder.FullName });
            var bundled = tools.Services.GetRequiredService<BundledCalibrations>();
            var model = await tools.Services.GetRequiredService<IEngine>().ModelIdentityAsync(TestContext.Current.CancellationToken);
            var catalog = tools.Services.GetRequiredService<TaskCatalog>();

            Assert.Null(bundled.Problem);
            foreach (var task in (string[])["describe", "document", "video", "whiteboard"])
            {
                var found = bundled.Find(catalog.Resolve(task), model);
                Assert.True(found is not null, $"Nothing for {task} as it is now and {model}; there is {Names(bundled)}.");
                Assert.Equal(FieldObservation.Names, CalibrationRecord.Read(found).Curve.Features);
                Assert.InRange(found.Labels, CalibrationFit.LeastLabels, int.MaxValue);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Names(BundledCalibrations bundled) => string.Join(", ", bundled.All.Select(one => one.Name));
}
