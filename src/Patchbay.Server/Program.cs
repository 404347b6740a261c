using Patchbay.Server;

return await CommandLine.RunAsync(args);
