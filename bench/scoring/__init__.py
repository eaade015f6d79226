"""Entry, truth and robot in; a result out."""
