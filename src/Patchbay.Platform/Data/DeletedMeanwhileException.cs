namespace Patchbay.Platform.Data;

/// <summary>What a request is for was there when it began, and was deleted by another while it ran. It is answered as if it had never been.</summary>
/// <param name="resource">What it is.</param>
internal sealed class DeletedMeanwhileException(string resource) : Exception($"The {resource} was deleted meanwhile.");
