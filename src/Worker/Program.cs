using Qwen35Batch.Pipeline.Extract.Documents.Reading;
using Qwen35Batch.Worker.Commands;

// The worker starts itself for every document that it reads, with nothing but limits.
return args is [ReaderProgram.Command, var request]
    ? await ReaderProgram.RunAsync(request)
    : await CommandLine.RunAsync(args);
