using System.Net;

namespace Patchbay.Platform.Actions.Execution;

/// <summary>A request body that is sent on as it comes, a piece at a time.</summary>
internal sealed class PassedContent : HttpContent
{
    private const int Piece = 64 * 1024;

    private readonly StreamedBody _body;
    private readonly Action _moved;

    public PassedContent(StreamedBody body, string contentType, Action moved)
    {
        (_body, _moved) = (body, moved);
        Headers.TryAddWithoutValidation("Content-Type", contentType);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = new byte[Piece];
        for (int read; (read = await _body.Content.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            _moved();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length ?? 0;
        return _body.Length is not null;
    }
}
