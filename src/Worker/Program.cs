using Qwen35Batch.Worker.Cli;

return await CommandLine.RunAsync(args);
