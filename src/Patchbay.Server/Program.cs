using Patchbay.Functions;
using Patchbay.Server;

// A child that runs a custom function: it needs nothing of the server, and must be confined before it does anything else.
if (FunctionHost.IsMeant(args)) return FunctionHost.Run(args);
return await CommandLine.RunAsync(args);
