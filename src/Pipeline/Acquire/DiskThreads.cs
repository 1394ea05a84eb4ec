namespace Qwen35Batch.Pipeline.Acquire;

/// <summary>
/// Waits for the disk on several threads at once: a disk takes what is asked of it together in hardly more time than one thing. The threads
/// are its own, since every thread of the pool that waits is taken from everything else, and end when there has been nothing to wait for.
/// </summary>
internal sealed class DiskThreads
{
    /// <summary>More hardly make a disk faster.</summary>
    public const int Most = 16;

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    private readonly object _gate = new();
    private readonly Queue<Run> _waiting = new();
    private int _threads;
    private int _idle;

    /// <summary>Calls something for each number below another, the calling thread included, and returns when all calls have.</summary>
    /// <exception cref="AggregateException">Calls threw; the others were made all the same.</exception>
    public void ForEach(int count, Action<int> body)
    {
        var run = new Run(count, body);
        Help(run, Math.Min(count, Most) - 1);
        run.Work();
        run.Wait();
    }

    private void Help(Run run, int helpers)
    {
        lock (_gate)
        {
            for (var helper = 0; helper < helpers; helper++)
            {
                _waiting.Enqueue(run);
                Monitor.Pulse(_gate);
                if (_waiting.Count <= _idle || _threads == Most) continue;
                _threads++;
                new Thread(WorkOn) { IsBackground = true, Name = "Disk" }.Start();
            }
        }
    }

    private void WorkOn()
    {
        while (Next() is { } run) run.Work();
    }

    private Run? Next()
    {
        lock (_gate)
        {
            _idle++;
            while (_waiting.Count == 0)
            {
                if (Monitor.Wait(_gate, Idle) || _waiting.Count > 0) continue;
                _threads--;
                _idle--;
                return null;
            }

            _idle--;
            return _waiting.Dequeue();
        }
    }

    /// <summary>Calls that several threads share.</summary>
    private sealed class Run(int count, Action<int> body)
    {
        private readonly object _ended = new();
        private readonly List<Exception> _problems = [];
        private readonly int _count = count;
        private int _next = -1;
        private int _left = count;

        public void Work()
        {
            for (var index = Interlocked.Increment(ref _next); index < _count; index = Interlocked.Increment(ref _next))
            {
                Exception? problem = null;
                try
                {
                    body(index);
                }
                catch (Exception exception)
                {
                    // On a thread of its own nobody would hear of it, and the process would end.
                    problem = exception;
                }

                lock (_ended)
                {
                    if (problem is not null) _problems.Add(problem);
                    if (--_left == 0) Monitor.PulseAll(_ended);
                }
            }
        }

        public void Wait()
        {
            lock (_ended)
            {
                while (_left > 0) Monitor.Wait(_ended);
                if (_problems.Count > 0) throw new AggregateException(_problems);
            }
        }
    }
}
