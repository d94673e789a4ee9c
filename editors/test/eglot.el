;;; eglot.el --- The server in a real Emacs  -*- lexical-binding: t -*-

;; emacs --batch -l editors/test/eglot.el FILE, with DOCKSMITH_BIN set; FILE is a copy of fixture.toml in its project.

(require 'package)
(package-initialize)
(require 'eglot)
(require 'flymake)
(require 'cl-lib)
(require 'xref)
(require 'imenu)

(defvar passed 0)
(defvar failed 0)

(defun check (name ok)
  "Count and print whether NAME is OK."
  (if ok (cl-incf passed) (cl-incf failed))
  (princ (format "%s %s\n" (if ok "ok" "not ok") name)))

(defmacro checking (name &rest body)
  "Check that BODY is true; an error in it fails NAME only."
  (declare (indent 1))
  `(check ,name (condition-case err (progn ,@body)
                  (error (princ (format "  %S\n" err)) nil))))

(defun soon (f)
  "Wait for F to return something true, at most ten seconds."
  (let ((end (+ (float-time) 10)) result)
    (while (and (not (setq result (funcall f))) (< (float-time) end))
      (accept-process-output nil 0.05))
    result))

(defun at (text)
  "Go behind the first TEXT."
  (goto-char (point-min))
  (search-forward text))

(defun problems ()
  (flymake-start)
  (flymake-diagnostics))

(defun position-request (method)
  "What the server answers to METHOD at point."
  (jsonrpc-request (eglot-current-server) method (eglot--TextDocumentPositionParams)))

(setq eglot-sync-connect 5
      eglot-confirm-server-initiated-edits nil
      eglot-confirm-server-edits nil
      eglot-send-changes-idle-time 0.05
      flymake-no-changes-timeout 0.1
      vc-handled-backends nil
      make-backup-files nil
      create-lockfiles nil)

;; As in editors/README.md.
(define-derived-mode docksmith-mode conf-toml-mode "Docksmith")
(add-to-list 'auto-mode-alist '("/docksmith\\.toml\\'" . docksmith-mode))
(add-to-list 'eglot-server-programs
             `((docksmith-mode :language-id "toml") . (,(getenv "DOCKSMITH_BIN") "lsp")))

(find-file (pop command-line-args-left))
(checking "the file has the mode of docksmith" (eq major-mode 'docksmith-mode))
(checking "the server attaches"
  (eglot-ensure)
  ;; Without a terminal there is no idle hook, on which eglot waits.
  (unless (eglot-current-server)
    (apply #'eglot--connect (eglot--guess-contact)))
  (soon #'eglot-current-server))
(unless (eglot-current-server)
  (princ (format "eglot.el: %d passed, %d failed\n" passed failed))
  (kill-emacs 1))
(flymake-mode 1)

(checking "the mistake is reported"
  (soon (lambda () (= 1 (length (problems)))))
  (string-match-p "intervall" (flymake-diagnostic-text (car (flymake-diagnostics)))))
(checking "stages are completed"
  (at "from = \"web")
  (let ((names (all-completions "" (nth 2 (eglot-completion-at-point)))))
    (and (member "builder" names) (member "web" names))))
(checking "a key has a hover text"
  (at "langu")
  (string-match-p "language" (format "%S" (position-request :textDocument/hover))))
(checking "the use of a stage leads to its definition"
  (at "from = \"we")
  (let ((found (xref-backend-definitions 'eglot "web")))
    (and (= 1 (length found)) (= 7 (xref-location-line (xref-item-location (car found)))))))
(checking "the references of a stage are found"
  (at "name = \"we")
  (= 2 (length (xref-backend-references 'eglot "web"))))
(checking "the outline names the stage"
  (string-match-p "web" (format "%S" (eglot-imenu))))
(checking "the preview is what is rendered"
  (let ((answer (jsonrpc-request (eglot-current-server) :workspace/executeCommand
                                 (list :command "docksmith.previewDockerfile"
                                       :arguments (vector (eglot--path-to-uri buffer-file-name))))))
    (string-match-p "^FROM node:22-alpine AS web$" (plist-get answer :text))))
(checking "a stage is renamed"
  (at "name = \"we")
  (eglot-rename "frontend")
  (at "name = \"frontend\"")
  (at "from = \"frontend\""))
(checking "the mistake has a quick fix, which takes it away"
  (at "interva")
  (soon #'problems)
  (let ((fix (cl-find "Rename to `interval`" (eglot-code-actions (point) (point) "quickfix")
                      :test #'equal :key (lambda (action) (plist-get action :title)))))
    (eglot--apply-workspace-edit (plist-get fix :edit))
    (at "interval = \"30s\"")
    ;; Without a terminal the timer that sends changes does not run.
    (eglot--signal-textDocument/didChange)
    (soon (lambda () (null (problems))))))
(checking "the file is formatted"
  (at "expose = 8080")
  (replace-match "expose    =    8080")
  (eglot-format-buffer)
  (at "expose = 8080"))
(checking "the server ends"
  (let ((server (eglot-current-server)))
    (eglot-shutdown server)
    (soon (lambda () (not (jsonrpc-running-p server))))))

(princ (format "eglot.el: %d passed, %d failed\n" passed failed))
(set-buffer-modified-p nil)
(kill-emacs (if (> failed 0) 1 0))
