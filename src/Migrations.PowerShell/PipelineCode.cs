using System.Collections;
using System.Management.Automation;

namespace Migrations.PowerShell;

/// <summary>
/// Runs migrations that are written in PowerShell: on the pipeline's thread, while the engine waits on its own.
/// </summary>
/// <param name="cmdlet">The cmdlet.</param>
/// <param name="queue">The way to the pipeline's thread.</param>
internal sealed class PipelineCode(PSCmdlet cmdlet, WriteQueue queue) : ICodeHost
{
    /// <inheritdoc/>
    public IReadOnlyList<FileProblem> Check(MigrationScript script) =>
        new PipelineBlock(cmdlet, script.File, script.Code!.Text).Check("up");

    /// <inheritdoc/>
    public Task RunAsync(MigrationScript script, CodeContext context)
    {
        var block = new PipelineBlock(cmdlet, script.File, script.Code!.Text);
        var variables = new Hashtable(StringComparer.Ordinal);
        foreach (var (name, value) in context.Variables)
            variables[name] = value;
        Run(() =>
            block.Run(
                context.Direction == MigrationDirection.Up ? "up" : "down",
                new Dictionary<string, object?>(StringComparer.Ordinal)
                {
                    ["Connection"] = context.Connection,
                    ["Transaction"] = context.Transaction,
                    ["Variables"] = variables,
                }
            )
        );
        return Task.CompletedTask;
    }

    /// <summary>Runs a block on the pipeline's thread and waits for it.</summary>
    /// <exception cref="CodeException">It failed.</exception>
    /// <exception cref="OperationCanceledException">The pipeline is stopping.</exception>
    public void Run(Action block)
    {
        CodeException? failure = null;
        var isDone = false;
        // What is known of the work that waits goes along: on which database it is.
        var place = ExecutionContext.Capture();
        queue.PostAndWait(() =>
        {
            try
            {
                if (place is null)
                    block();
                else
                    ExecutionContext.Run(place, _ => block(), state: null);
                isDone = true;
            }
            catch (CodeException e)
            {
                failure = e;
            }
        });
        if (failure is not null)
            throw failure;
        if (!isDone)
            throw new OperationCanceledException("The pipeline is stopping.");
    }
}
