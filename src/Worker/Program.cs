using Qwen35Batch.Worker.Commands;

return await CommandLine.RunAsync(args);
